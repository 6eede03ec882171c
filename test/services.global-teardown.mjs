import { services } from './services.global-setup.mjs';

export default async function stopServices() {
  if (services === undefined) return;
  // Nobody reads its data again: an orderly end would write out and sync the databases of all specs first.
  const { postgres } = services;
  if (postgres.how !== 'env') await postgres.stop('immediate');
  await services.stop();
}
