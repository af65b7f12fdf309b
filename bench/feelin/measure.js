// Times feelin on the work that standard input names; prints seconds per evaluation, one number per round.
import { readFileSync } from 'node:fs';

import { evaluate, unaryTest } from 'feelin';

const work = JSON.parse(readFileSync(0, 'utf8'));

function takeTable({ inputs, rules }, context) {
  const values = inputs.map((input) => evaluate(input, context).value);
  const contexts = values.map((value) => ({ ...context, '?': value }));
  return rules
    .filter(({ cells }) => cells.every((cell, column) => unaryTest(cell, contexts[column]).value === true))
    .map(({ output }) => evaluate(output, context).value);
}

function seconds(evaluation, repeats) {
  const start = process.hrtime.bigint();
  for (let count = 0; count < repeats; count++) {
    evaluation();
  }
  return Number(process.hrtime.bigint() - start) / 1e9 / repeats;
}

const evaluations = [
  ...Object.entries(work.expressions).map(([name, { text, context }]) => {
    return [name, work.repeats, () => evaluate(text, context).value];
  }),
  ...Object.entries(work.tables).map(([name, { table, context }]) => {
    return [name, work.tableRepeats, () => takeTable(table, context)];
  }),
];

const report = {};
for (const [name, repeats, evaluation] of evaluations) {
  seconds(evaluation, repeats); // the engine's compiler warms up
  const rounds = Array.from({ length: work.rounds }, () => seconds(evaluation, repeats));
  report[name] = { value: evaluation(), seconds: rounds };
}
process.stdout.write(JSON.stringify(report));
