import { SetMetadata } from '@nestjs/common';
import type { Scope } from './scopes.js';

/** What a route asks of its caller; a route without it is closed. */
export type RouteAccess = 'public' | readonly [Scope, ...Scope[]];

export const ROUTE_ACCESS = Symbol('elevnav:route-access');

/** Only for callers whose token carries all of these scopes. On a method it replaces what its class says. */
export function Scopes(...scopes: [Scope, ...Scope[]]): ClassDecorator & MethodDecorator {
  return SetMetadata(ROUTE_ACCESS, scopes);
}

/** For anyone, without a token. */
export function Public(): ClassDecorator & MethodDecorator {
  return SetMetadata(ROUTE_ACCESS, 'public');
}
