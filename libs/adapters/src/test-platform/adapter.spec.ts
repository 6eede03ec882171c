import { conforms } from '../conformance.spec.js';
import { testPlatform } from './adapter.js';

conforms(testPlatform);
