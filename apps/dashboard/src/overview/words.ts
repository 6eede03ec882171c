import type { Outcome } from '#canonical';
import type { ParkCode } from '#stage';
import type { MoveCause, StageState } from './describe-overview.js';

/** What the page says, in plain Swedish for a principal or an administrator. Codes stay in `GET /v1/overview`. */

export const STAGE_WORDS: Readonly<Record<string, { name: string; does: string }>> = {
  ingest: { name: 'Mottagning', does: 'tar emot händelser från skolsystemen' },
  normalise: { name: 'Tolkning', does: 'tolkar händelserna och håller registret' },
  'test-access': { name: 'Provåtkomst', does: 'avgör vem som når vilket prov, och var' },
  publish: { name: 'Utskick', does: 'berättar för varje huvudman vad den får veta' },
  dashboard: { name: 'Översikt', does: 'visar den här sidan' },
};

/** What an interruption of the stage meant for events. */
export const INTERRUPTION_WORDS: Readonly<Record<string, string>> = {
  ingest: 'Det som inte hann tas emot skickar skolsystemen igen.',
};
export const INTERRUPTION_WORD = 'Inget gick förlorat; händelserna väntade.';

export const STATE_WORDS: Readonly<Record<StageState, { word: string; do: string }>> = {
  ok: { word: 'Fungerar', do: '' },
  attention: {
    word: 'Fungerar, något är parkerat',
    do: 'Se vilka händelser som är parkerade nedan.',
  },
  behind: {
    word: 'Ligger efter',
    do: 'Inget är förlorat. Varar det mer än en kvart: starta fler processer av steget.',
  },
  short: {
    word: 'Fungerar, en process saknas',
    do: 'Inget är förlorat; de andra processerna tar över dess händelser. Starta den igen.',
  },
  unsteady: {
    word: 'Avbryts gång på gång',
    do: 'Inget är förlorat, men händelserna dröjer. Kontakta driften.',
  },
  stopped: {
    word: 'Stoppat',
    do: 'Steget avslutades i ordning; händelserna väntar. Starta det igen.',
  },
  silent: {
    word: 'Svarar inte',
    do: 'Inget är förlorat; händelserna väntar. Starta om steget eller kontakta driften.',
  },
};

export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  accepted: 'togs emot',
  published: 'skickades till dem som får veta det',
  passed: 'behandlades',
  'filtered:duplicate': 'var en dubblett och lades åt sidan',
  'filtered:older': 'var äldre än det som redan gäller och lades åt sidan',
  'filtered:unchanged': 'ändrade ingenting',
  'filtered:no-audience': 'rörde ingen som skulle få veta det',
  'filtered:irrelevant': 'rörde inte det här steget',
  parked: 'parkerades, eftersom något saknades eller var fel',
  waiting: 'väntar på en tidigare händelse om samma sak',
  held: 'hålls kvar tills någon har granskat den',
  refused: 'avvisades',
};

export const PARK_WORDS: Readonly<Record<ParkCode, { what: string; do: string }>> = {
  unreadable: {
    what: 'Händelsen går inte att läsa',
    do: 'Leverantören rättar formatet och skickar händelsen igen, med nytt id.',
  },
  'unknown-type': {
    what: 'Händelsens typ är okänd',
    do: 'Driften uppdaterar steget, eller leverantören rättar typen och skickar igen.',
  },
  'unknown-source': {
    what: 'Källan är inte inlagd',
    do: 'Lägg in källan under inställningar. Händelserna tas sedan om av sig själva.',
  },
  'bad-data': {
    what: 'Uppgifterna följer inte avtalet',
    do: 'Leverantören rättar de fält som pekas ut och skickar händelsen igen.',
  },
  'missing-reference': {
    what: 'Något som händelsen hänvisar till saknas ännu',
    do: 'Tas om av sig själv när det kommer. Dröjer det: be källan skicka personen eller enheten.',
  },
  'unit-not-yours': {
    what: 'Källan har uppgifter om en skolenhet som är någon annans',
    do: 'Kontrollera skolenhetskoden i skolsystemet, eller huvudmannen i skolenhetsregistret.',
  },
  contradiction: {
    what: 'Uppgifterna säger emot det som redan är känt',
    do: 'En behörig handläggare jämför uppgifterna och avgör om det är samma person.',
  },
  'waits-behind': {
    what: 'Väntar på en tidigare parkerad händelse om samma sak',
    do: 'Åtgärda den tidigare händelsen; den här följer med av sig själv.',
  },
  bug: {
    what: 'Ett fel i Elevnav',
    do: 'Driften har fått ett larm. Händelsen är sparad och tas om när felet är rättat.',
  },
};

export const MOVE_WORDS: Readonly<Record<MoveCause, { what: string; do: string }>> = {
  'access-gap': {
    what: 'Når inte provtjänsten',
    do: 'Skriv in eleven, eller slå på överbryggning för huvudmannen.',
  },
  'move-awaiting': {
    what: 'Byter skola; det nya kontot saknas ännu',
    do: 'Den nya huvudmannen lägger in elevens EPPN. Det gamla kontot gäller så länge.',
  },
  'bridge-over': {
    what: 'Har slutat utan att börja någon annanstans; tiden är ute',
    do: 'Ta reda på var eleven går.',
  },
  'access-contested': {
    what: 'Är inskriven på två håll',
    do: 'Avsluta den inskrivning som inte längre gäller.',
  },
  'access-bridged': {
    what: 'Har slutat och har inte börjat någon annanstans ännu',
    do: 'Inget. Åtkomsten står kvar under tiden.',
  },
  'access-postponed': {
    what: 'Ett avslut skjuts upp: uppgifterna är för gamla eller ofullständiga',
    do: 'Driften ser till att källan hörs av, eller åtgärdar den parkerade händelsen.',
  },
};

export const SILENT_SOURCE_WORDS = {
  what: 'De har inte hörts av på längre tid än avtalet säger. Under tiden avslutas ingens åtkomst bara för att tiden går.',
  do: 'Huvudmannen ser till att skolsystemet skickar igen. Är källan avvecklad: ta bort den ur inställningarna.',
};

export const MUST_ACT_WORDS: Readonly<Record<string, string>> = {
  huvudman: 'Huvudmannen',
  vendor: 'Leverantören',
  operator: 'Driften',
  nobody: 'Ingen',
};
