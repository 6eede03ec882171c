export { accessToken } from './access-token.js';
export { eventually } from './eventually.js';
export { ownServices, type OwnServices, type ReadBack, type TestRecord } from './own-services.js';
export { allowNullHeaders } from './null-headers.js';
