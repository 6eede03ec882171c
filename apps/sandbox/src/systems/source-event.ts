import { sourceUrn, uuidV5 } from '#canonical';

/** A CloudEvent in structured mode, as a school system pushes it. */
export interface SourceEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: object;
}

/** One thing that one school system says. */
export interface Saying {
  /** The source's id in the hub's settings. */
  readonly source: string;
  readonly event: SourceEvent;
}

const NAMESPACE = 'a3c1d6a8-44f1-5d0b-8f0e-2f6f1b1b5a90';

/** The same source, type, object and time give the same event id, so that what is sent again is known to be the same. */
export function say(
  source: string,
  type: string,
  { object, at, data }: { readonly object: string; readonly at: Date; readonly data: object },
): Saying {
  const time = at.toISOString();
  return {
    source,
    event: {
      specversion: '1.0',
      id: uuidV5(NAMESPACE, `${source}|${type}|${object}|${time}`),
      source: sourceUrn(source),
      type,
      time,
      datacontenttype: 'application/json',
      data,
    },
  };
}
