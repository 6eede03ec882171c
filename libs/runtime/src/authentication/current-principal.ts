import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { notesOnRequest } from '../http/request-notes.js';
import type { Principal } from './principal.js';

/** The caller, on a route with `@Scopes(…)`. */
export const CurrentPrincipal = createParamDecorator(
  (_data: undefined, context: ExecutionContext): Principal => principalOf(context),
);

/** The caller, or undefined, on a route that a guard of its own may open to everybody. */
export const CurrentPrincipalIfAny = createParamDecorator(
  (_data: undefined, context: ExecutionContext): Principal | undefined => notedPrincipal(context),
);

function principalOf(context: ExecutionContext): Principal {
  const principal = notedPrincipal(context);
  if (principal === undefined) {
    throw new Error('@CurrentPrincipal() stands on a route without @Scopes(…).');
  }
  return principal;
}

function notedPrincipal(context: ExecutionContext): Principal | undefined {
  return notesOnRequest(context.switchToHttp().getRequest<FastifyRequest>()).principal;
}
