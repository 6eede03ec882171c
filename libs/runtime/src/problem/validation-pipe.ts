import { ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { Problem } from './problem.js';
import { PROBLEMS } from './problems.js';

/** One place that does not keep the contract, as RFC 9457 §3 shows it. */
export interface PlaceInError {
  /** A JSON Pointer fragment (RFC 6901 §6) into the body or the parameters. */
  readonly pointer: string;
  readonly detail: string;
}

const PLACES_MAX = 20;
const POINTER_LENGTH_MAX = 200;
const DETAIL_LENGTH_MAX = 300;

/** Checks bodies and parameters against their class-validator classes; what no rule names is refused. */
export function strictValidationPipe(): ValidationPipe {
  return new ValidationPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    forbidUnknownValues: true,
    transform: true,
    exceptionFactory: (faults: ValidationError[]) => validationProblem(faults),
  });
}

export function validationProblem(faults: readonly ValidationError[]): Problem {
  const places = faults.flatMap((fault) => placesIn(fault, '#'));
  const errors = places.slice(0, PLACES_MAX).map((place) => ({ ...place }));
  const omitted = places.length - errors.length;
  return new Problem(PROBLEMS['validation-failed'], {
    members: omitted > 0 ? { errors, errorsOmitted: omitted } : { errors },
  });
}

function placesIn(fault: ValidationError, parent: string): PlaceInError[] {
  const pointer = `${parent}/${escape(fault.property)}`;
  const here = Object.values(fault.constraints ?? {}).map((detail) => ({
    pointer: pointer.slice(0, POINTER_LENGTH_MAX),
    detail: detail.slice(0, DETAIL_LENGTH_MAX),
  }));
  return [...here, ...(fault.children ?? []).flatMap((child) => placesIn(child, pointer))];
}

function escape(property: string | undefined): string {
  return encodeURIComponent((property ?? '').replaceAll('~', '~0').replaceAll('/', '~1'));
}
