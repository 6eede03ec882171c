import { parseJavaVersion } from './java.js';

describe("Java's version", () => {
  it.each([
    ['openjdk version "17.0.15" 2025-04-15', 17],
    ['java version "1.8.0_392"', 8],
    ['openjdk version "25-ea" 2026-09-16', 25],
    ['openjdk version "11" 2018-09-25', 11],
  ])('reads %s as %i', (printed, version) => {
    expect(parseJavaVersion(printed)).toBe(version);
  });

  it('is unknown when nothing like it is printed', () => {
    expect(parseJavaVersion('command not found')).toBeUndefined();
  });
});
