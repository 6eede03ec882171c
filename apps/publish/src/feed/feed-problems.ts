import { defineProblems } from '#runtime';

export const FEED_PROBLEMS = defineProblems({
  'not-a-subscriber': {
    status: 403,
    title: 'This client reads no feed',
    detail: 'Ask the huvudman’s administrator to name this client among its subscribers.',
  },
  'huvudman-needed': {
    status: 400,
    title: 'It is not clear whose feed is meant',
    detail: 'This client reads several feeds: name the huvudman in the parameter huvudman.',
  },
  'cursor-malformed': {
    status: 400,
    title: 'The cursor is none of this feed',
    detail: 'Send after exactly as the last answer gave it in cursor, to the same huvudman’s feed.',
  },
  'cursor-gone': {
    status: 410,
    title: 'The feed no longer holds what follows this cursor',
    detail:
      'Keep what you hold, follow the feed from its oldest event by leaving out after, and drop what is not newer; ' +
      'docs/events.md says under "You were away" what is missing then.',
  },
});
