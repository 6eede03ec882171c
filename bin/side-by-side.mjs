// Runs npm scripts side by side, as many at once as there are cores, and says of each what it said once it has ended. Fails
// when one of them fails; the others are run to their end all the same, so that all faults are seen at once.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';

const waiting = process.argv.slice(2);
const failed = [];

async function runNext() {
  for (let script = waiting.shift(); script !== undefined; script = waiting.shift()) {
    const { status, said } = await run(script);
    process.stdout.write(said);
    if (status === 0) continue;
    failed.push(script);
    console.error(`${script} failed.`);
  }
}

function run(script) {
  const npm = process.env.npm_execpath;
  const [command, ...args] = [...(npm ? [process.execPath, npm] : ['npm']), 'run', '--silent'];
  const child = spawn(command, [...args, script], { stdio: ['ignore', 'pipe', 'pipe'] });
  const parts = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => parts.push(part));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, said: Buffer.concat(parts) }));
  });
}

await Promise.all(Array.from({ length: availableParallelism() }, runNext));
if (failed.length > 0) process.exitCode = 1;
