// The case under bpmn-engine, its state stored whole as JSON at every wait (four commits, SQLite in WAL with
// synchronous=FULL) and recovered from there, as its documentation shows. Left out: task rows and the search for the
// clerk's task, roles, journal.
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { Engine } from "bpmn-engine";

const services = {
  check: ({ environment }, next) => {
    next(null, { owners: environment.variables.application.owners.length, passed: true });
  },
  note: (_, next) => next(null, "done"),
};

let settings, save, load;

function open(given) {
  settings = given;
  const database = new DatabaseSync(`${settings.folder}/cases.db`);
  database.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL");
  database.exec("CREATE TABLE workflow (id INTEGER PRIMARY KEY, state TEXT NOT NULL)");
  save = database.prepare("INSERT OR REPLACE INTO workflow VALUES (?, ?)");
  load = database.prepare("SELECT state FROM workflow WHERE id = ?");
}

// Goes on until a human task waits or the case has ended, and stores the state; whether it has ended.
async function store(number, engine, execution) {
  const ended = execution.state === "idle";
  save.run(number, JSON.stringify(await engine.getState()));
  if (!ended) await engine.stop();
  return ended;
}

async function start(number) {
  const engine = new Engine({
    name: `case ${number}`,
    source: settings.diagram,
    variables: { ...settings.application, high: settings.application.risk > 100 },
    services,
  });
  return store(number, engine, await engine.execute());
}

async function complete(number) {
  const engine = new Engine().recover(JSON.parse(load.get(number).state), { services });
  const execution = await engine.resume();
  const [waiting] = execution.getPostponed().filter((each) => each.type === "bpmn:UserTask");
  waiting.signal();
  return store(number, engine, execution);
}

async function runCase(number) {
  let ended = await start(number);
  let waits = 0;
  while (!ended) {
    ended = await complete(number);
    waits += 1;
  }
  if (waits !== 3) throw new Error(`${waits} human tasks`);
}

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  if (typeof question === "number") await runCase(question);
  else open(question);
  console.log("done");
}
