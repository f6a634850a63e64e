// Counts what passed and what failed, each in a line.
export function report() {
  let passed = 0;
  const failed = [];
  const check = async (what, prove) => {
    const start = performance.now();
    try {
      await prove();
      passed += 1;
      console.log(`  ok    ${what} (${Math.round(performance.now() - start)} ms)`);
    } catch (cause) {
      failed.push(what);
      console.log(`  FAIL  ${what}\n        ${String(cause?.message ?? cause).split("\n").slice(0, 12).join("\n        ")}`);
    }
  };
  const summary = () => {
    console.log(`${passed} passed, ${failed.length} failed`);
    return failed.length === 0;
  };
  return { check, summary };
}

export function must(truth, says) {
  if (!truth) throw new Error(says);
}
