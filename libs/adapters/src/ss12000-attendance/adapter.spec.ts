import { conforms } from '../conformance.spec.js';
import { ss12000Attendance } from './adapter.js';

conforms(ss12000Attendance);
