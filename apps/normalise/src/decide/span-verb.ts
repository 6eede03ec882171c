/** What became of a group or activity: begun, changed, or ended by an end that is new or earlier than before. */
export function spanVerb(
  before: { readonly endDate?: string } | null,
  after: { readonly endDate?: string },
): 'started' | 'changed' | 'ended' {
  if (before === null) return 'started';
  if (after.endDate === undefined) return 'changed';
  return before.endDate === undefined || after.endDate < before.endDate ? 'ended' : 'changed';
}
