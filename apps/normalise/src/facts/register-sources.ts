import type { SourceSetting } from '#canonical';

/** Which elevregister sources each huvudman has: an absence system or learning platform names persons by their ids. */
export class RegisterSources {
  private readonly byHuvudman = new Map<string, string[]>();

  constructor(sources: readonly SourceSetting[]) {
    for (const { id, huvudman, sourceKind } of sources) {
      if (sourceKind !== 'elevregister' || huvudman === null) continue;
      const known = this.byHuvudman.get(huvudman);
      if (known === undefined) this.byHuvudman.set(huvudman, [id]);
      else known.push(id);
    }
  }

  of(huvudman: string): readonly string[] {
    return this.byHuvudman.get(huvudman) ?? [];
  }
}
