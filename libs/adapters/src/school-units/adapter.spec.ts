import { conforms } from '../conformance.spec.js';
import { schoolUnits } from './adapter.js';

conforms(schoolUnits);
