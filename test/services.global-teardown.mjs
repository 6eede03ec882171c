import { services } from './services.global-setup.mjs';

export default async function stopServices() {
  await services?.stop();
}
