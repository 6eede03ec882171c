import { conforms } from '../conformance.spec.js';
import { canvas } from './adapter.js';

conforms(canvas);
