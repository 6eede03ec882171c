// Runs before `npm start`, `npm test` and `npm run check`, on whatever Node is there: installs what node_modules lacks.
// Uses nothing but Node itself, since nothing else may be there yet.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const mark = `${root}node_modules/.elevnav-installed`;
const wanted = createHash('sha256')
  .update(readFileSync(`${root}package-lock.json`))
  .digest('hex');

if (!existsSync(mark) || readFileSync(mark, 'utf8') !== wanted) {
  console.log(
    'Installing the packages that package-lock.json names (about a minute the first time) …',
  );
  const npm = process.env.npm_execpath;
  const command = npm ? [process.execPath, npm] : ['npm'];
  const args = [...command.slice(1), 'ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync(command[0], args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) {
    console.error(
      'npm ci failed. Mend what it says above (network, disk, npm 10 or newer) and run the command again.',
    );
    process.exit(1);
  }
  writeFileSync(mark, wanted);
}
