import { defineProblems } from './problem-kind.js';

/** The problems that any stage's HTTP door can answer with. */
export const PROBLEMS = defineProblems({
  'bad-request': {
    status: 400,
    title: 'The request cannot be understood',
    detail: 'Compare the address, parameters and body with the description of this interface.',
  },
  'malformed-body': {
    status: 400,
    title: 'The body is not what its media type says',
    detail: 'Send a body that parses as its Content-Type, for instance valid JSON in UTF-8.',
  },
  'validation-failed': {
    status: 400,
    title: 'The request does not keep the contract',
    detail: 'Mend each place that errors names and send the request again.',
  },
  'token-missing': {
    status: 401,
    title: 'An access token is needed',
    detail: 'Send the header "Authorization: Bearer …" with an access token of the issuer.',
  },
  'token-invalid': {
    status: 401,
    title: 'The access token is not accepted',
    detail: 'Fetch a new access token from the issuer and send the request again.',
  },
  forbidden: {
    status: 403,
    title: 'This is not allowed',
    detail: 'The credential may not do this; ask the operator of the hub.',
  },
  'scope-missing': {
    status: 403,
    title: 'The access token lacks a scope',
    detail: 'Ask the issuer for an access token with the scope that is named.',
  },
  'operator-only': {
    status: 403,
    title: 'This is the hub operator’s alone',
    detail:
      'The access token acts for a huvudman, and this is about all of them: ask the operator of the hub to do it.',
  },
  'route-closed': {
    status: 403,
    title: 'This address is not open',
    detail:
      'No one may use this address; it says neither which scopes it needs nor that it is public.',
  },
  'not-found': {
    status: 404,
    title: 'There is nothing here',
    detail: 'Compare the method and the address with the description of this interface.',
  },
  'method-not-allowed': {
    status: 405,
    title: 'The method is not allowed here',
    detail: 'Compare the method with the description of this interface.',
  },
  'not-acceptable': {
    status: 406,
    title: 'No such representation',
    detail: 'Ask in Accept for a media type that this interface describes.',
  },
  'request-timeout': {
    status: 408,
    title: 'The request came too slowly',
    detail: 'Send the whole request within the time limit, in smaller parts if need be.',
  },
  conflict: {
    status: 409,
    title: 'The request contradicts what holds now',
    detail: 'Read what holds now and decide again.',
  },
  gone: {
    status: 410,
    title: 'This is no longer here',
    detail: 'Do not ask for it again.',
  },
  'body-too-large': {
    status: 413,
    title: 'The body is too large',
    detail: 'Send less in each request.',
  },
  'address-too-long': {
    status: 414,
    title: 'The address is too long',
    detail: 'Shorten the address; ids have at most 200 characters.',
  },
  'unsupported-media-type': {
    status: 415,
    title: 'The media type is not supported',
    detail: 'Send a Content-Type that this interface describes.',
  },
  'too-many-requests': {
    status: 429,
    title: 'Too many requests',
    detail: 'Wait as long as Retry-After says and send the request again.',
  },
  'headers-too-large': {
    status: 431,
    title: 'The headers are too large',
    detail: 'Send less in the headers.',
  },
  internal: {
    status: 500,
    title: 'The hub failed',
    detail: 'Try again later; if it stays so, give the operator the id in instance.',
  },
  unavailable: {
    status: 503,
    title: 'The hub cannot do this at the moment',
    detail: 'Wait as long as Retry-After says and send the request again.',
  },
  'issuer-unavailable': {
    status: 503,
    title: 'The access token cannot be checked at the moment',
    detail: 'The keys of the token issuer cannot be had; send the request again after Retry-After.',
  },
  closing: {
    status: 503,
    title: 'This process is stopping',
    detail: 'Send the request again after Retry-After; another process will take it.',
  },
});

export type ProblemCode = keyof typeof PROBLEMS;
