export { accessToken, tokenOf } from './access-token.js';
export { eventually } from './eventually.js';
export { startFaultProxy, type Conditions, type FaultProxy } from './fault-proxy.js';
export { goldenText } from './golden-text.js';
export { testDirectory } from './testing.config.js';
export { ownServices, type OwnServices, type ReadBack, type TestRecord } from './own-services.js';
export { allowNullHeaders } from './null-headers.js';
export { readmeWithSettings } from './settings-table.js';
export { SeededRandom } from './seeded-random.js';
