import { Shutdown, bootStage } from '#runtime';
import { Sandbox, SandboxModule } from './sandbox.module.js';

const { app } = await bootStage(SandboxModule, { stage: 'sandbox' });
const sandbox = app.get(Sandbox);
try {
  await sandbox.fill();
  sandbox.startStream();
} catch (error) {
  // A stop in the middle of the filling is no fault; the next start goes on.
  if (!app.get(Shutdown).isClosing) throw error;
}
