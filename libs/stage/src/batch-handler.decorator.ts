import { Catch, UseFilters, applyDecorators, type RpcExceptionFilter } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { throwError, type Observable } from 'rxjs';
import type { BatchPattern } from '#kafka';

/** Nest would turn what a handler throws into a plain object without its cause; the stage needs the error itself. */
@Catch()
export class PassErrorsThrough implements RpcExceptionFilter {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}

/**
 * Marks the one method of a controller that handles whole batches. Each inner list of `groups` is one consumer group: the exact set
 * of topics that it reads. The method runs inside one transaction and may be called again with the same events, whole or halved, so
 * it keeps nothing between calls that it could not lose. It does not catch to hide: bad data it parks, all else it lets through.
 */
export function BatchHandler(options: {
  readonly stage: string;
  readonly groups: readonly (readonly string[])[];
}): MethodDecorator {
  return (target, name, descriptor) => {
    const handler = `${target.constructor.name}.${String(name)}`;
    const patterns = options.groups.map((topics) =>
      JSON.stringify({ stage: options.stage, handler, topics } satisfies BatchPattern),
    );
    applyDecorators(EventPattern(patterns), UseFilters(PassErrorsThrough))(
      target,
      name,
      descriptor,
    );
  };
}
