import { conforms } from '../conformance.spec.js';
import { ss12000 } from './adapter.js';

conforms(ss12000);
