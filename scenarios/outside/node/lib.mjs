// What the clients here share: where the server is, and a report that fails when anything did.
export const url = `${process.env.MERIDIAN_URL}/fhir`;
export const token = process.env.MERIDIAN_TOKEN;

/** Runs the steps in their order; each one is a promise of the server that its name says. */
export async function report(client, steps) {
  let failed = 0;
  for (const [name, prove] of Object.entries(steps)) {
    try {
      await prove();
    } catch (error) {
      failed += 1;
      console.log(`${client}: FAILED ${name}: ${error.message ?? error}`);
      const outcome = error.response?.data ?? error.outcome;
      if (outcome) console.log(`  ${JSON.stringify(outcome)}`);
    }
  }
  const count = Object.keys(steps).length;
  console.log(`${client}: ${count - failed} passed of ${count}`);
  process.exit(failed ? 1 : 0);
}

export function same(found, wanted, what = "value") {
  const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`${what}: ${a} instead of ${b}`);
}

/** The call must be refused, by an OperationOutcome. Gives the error. */
export async function refused(call, outcomeOf) {
  let answer;
  try {
    answer = await call();
  } catch (error) {
    same(outcomeOf(error)?.resourceType, "OperationOutcome", "the error");
    return error;
  }
  throw new Error(`it was not refused: ${JSON.stringify(answer)?.slice(0, 200)}`);
}

export const unique = `outside-${Date.now().toString(36)}-${process.pid}`;
