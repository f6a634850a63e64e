// npm fhirpath as a peer: node fhirpath.mjs TASK.json, the answer on standard output (bench/src/meaning/fhirpath.rs).

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const fhirpath = require('fhirpath');
const model = require('fhirpath/fhir-context/r4');
const { version } = JSON.parse(readFileSync(require.resolve('fhirpath/package.json'), 'utf8'));

const scalar = (item) => (['boolean', 'number', 'string'].includes(typeof item) ? item : {});

// What an expression gives; null where it cannot be run.
function answer({ expression, input }, inputs) {
  try {
    const found = fhirpath.compile(expression, model)(inputs[input], {});
    return Array.isArray(found) ? found.map(scalar) : null;
  } catch {
    return null;
  }
}

// Seconds of processor and by the clock of the best round.
function best(work, samples, seconds) {
  let [processor, clock] = [Infinity, Infinity];
  // The first sample warms the compiler up and does not count.
  for (let sample = 0; sample <= samples; sample += 1) {
    const began = performance.now();
    const before = process.cpuUsage();
    let rounds = 0;
    while (performance.now() - began < seconds * 1000) {
      work();
      rounds += 1;
    }
    const used = process.cpuUsage(before);
    if (sample === 0) continue;
    processor = Math.min(processor, (used.user + used.system) / 1e6 / rounds);
    clock = Math.min(clock, (performance.now() - began) / 1000 / rounds);
  }
  return { processor, clock };
}

const task = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { inputs, cases } = task;
const said = { engine: `fhirpath.js ${version} (Node ${process.versions.node})`, groups: [] };
// What `trace()` writes is nothing of the answer.
for (const name of ['log', 'warn', 'error', 'info']) console[name] = () => {};
if (task.groups.length === 0) said.answers = cases.map((one) => answer(one, inputs));
for (const group of task.groups) {
  const chosen = group.map((nth) => [cases[nth].expression, inputs[cases[nth].input]]);
  const compiled = chosen.map(([expression, resource]) => [fhirpath.compile(expression, model), resource]);
  const evaluate = () => compiled.forEach(([expression, resource]) => expression(resource, {}));
  const both = () => chosen.forEach(([expression, resource]) => fhirpath.compile(expression, model)(resource, {}));
  said.groups.push({ evaluate: best(evaluate, task.samples, task.seconds), both: best(both, task.samples, task.seconds) });
}
process.stdout.write(JSON.stringify(said));
