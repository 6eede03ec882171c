import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SchoolType } from '#canonical';

/** What the sandbox takes from the real Sweden; data/README.md says where it comes from. */
export interface PublicData {
  readonly municipalities: readonly Municipality[];
  /** Skatteverket's test numbers, twelve digits: nobody has them. */
  readonly pupilNumbers: readonly string[];
  readonly staffNumbers: readonly string[];
  readonly testActivities: readonly TestActivity[];
}

export interface Municipality {
  readonly code: string;
  readonly name: string;
  readonly shortName: string;
}

export interface TestActivity {
  readonly displayName: string;
  readonly id: string;
  readonly schoolType: SchoolType;
  readonly schoolYear?: number;
}

const FOLDER = join(import.meta.dirname, '../../data');
let read: PublicData | undefined;

/** Read once. */
export function publicData(): PublicData {
  read ??= {
    municipalities: rows('municipalities.csv').map(([code = '', name = '', shortName = '']) => ({
      code,
      name,
      shortName,
    })),
    pupilNumbers: lines('skatteverket-testpersonnummer-2006-2019.txt'),
    staffNumbers: lines('skatteverket-testpersonnummer-1977-1986.txt'),
    testActivities: rows('dnp-provaktiviteter-2024-02.csv').map(readActivity),
  };
  return read;
}

function readActivity([
  displayName = '',
  id = '',
  ,
  schoolType,
  year,
]: readonly string[]): TestActivity {
  // prettier-ignore
  return {
    displayName,
    id,
    schoolType: schoolType as SchoolType,
    ...(year && { schoolYear: Number(year) }),
  };
}

function lines(name: string): string[] {
  return readFileSync(join(FOLDER, name), 'utf8').split(/\r?\n/).filter(Boolean);
}

/** Without the heading. None of these files has a comma inside a value. */
function rows(name: string): string[][] {
  return lines(name)
    .slice(1)
    .map((line) => line.split(','));
}
