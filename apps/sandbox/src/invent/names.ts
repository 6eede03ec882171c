import type { Random } from './random.js';

/** Common Swedish names, put together at random: whoever comes out is nobody. */
const GIVEN = [
  'Alma', 'Elias', 'Maja', 'Noah', 'Selma', 'Adam', 'Freja', 'Hugo', 'Wilma', 'Oliver', 'Saga', 'William', 'Leila', 'Omar', 'Amina',
  'Yusuf', 'Elsa', 'Liam', 'Astrid', 'Nils', 'Signe', 'Axel', 'Ebba', 'Love', 'Ines', 'Milo', 'Tuva', 'Sami', 'Nora', 'Ali', 'Vera',
  'Theo', 'Juni', 'Leon', 'Alva', 'Malte', 'Zahra', 'Ivar', 'Edith', 'Sixten', 'Hedda', 'Vidar', 'Mira', 'Frans', 'Stella', 'Ture',
  'Ellen', 'Karim', 'Tyra', 'Loke', 'Minna', 'Ahmed', 'Rut', 'Otto', 'Siv', 'Arvid', 'Livia', 'Jens', 'Fatima', 'Kerstin',
] as const; // prettier-ignore

const FAMILY = [
  'Granlund', 'Björkqvist', 'Stenfelt', 'Havsström', 'Lindmark', 'Åkervall', 'Norrsken', 'Furuhed', 'Öhrnberg', 'Silverby', 'Dalström',
  'Ekvall', 'Tallroth', 'Sjögård', 'Hasselgren', 'Ängstrand', 'Rönnfelt', 'Kvarnlund', 'Brohed', 'Vinterdal', 'Klintmark', 'Sandvall',
  'Fjällgren', 'Mossberg', 'Almlöf', 'Videgård', 'Strandhed', 'Hallonqvist', 'Ulvsby', 'Kullgren', 'Nyhage', 'Forsvall', 'Ljungdahl',
  'Berghem', 'Enefalk', 'Tranås', 'Svalmark', 'Gäddvik', 'Rosenhed', 'Lönnmark', 'Yxelgård', 'Viksjö', 'Skoglöv', 'Hagström',
] as const; // prettier-ignore

export interface Names {
  givenName: string;
  familyName: string;
}

export function inventNames(random: Random): Names {
  return { givenName: random.pick(GIVEN), familyName: inventFamilyName(random) };
}

export function inventFamilyName(random: Random): string {
  return random.chance(0.12)
    ? `${random.pick(FAMILY)} ${random.pick(FAMILY)}`
    : random.pick(FAMILY);
}

const UNITS = [
  'Granbacka', 'Norräng', 'Stenvik', 'Björkdunge', 'Lärkhöjden', 'Ekudden', 'Solgläntan', 'Kvarnbäck', 'Ängsro', 'Tallmo', 'Vintergatan',
  'Havsglimt', 'Furulund', 'Rävbacka', 'Klockarhagen', 'Dalavik',
] as const; // prettier-ignore

/** Places that could be a school's, in an order of the seed's. */
export function inventUnitNames(random: Random): string[] {
  return random.shuffle(UNITS);
}
