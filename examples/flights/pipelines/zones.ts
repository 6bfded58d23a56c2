/**
 * Time zones of the airports that flights from New York reach. A constant of the example: the public list of airports
 * lacks SJU, BQN, PSE (Puerto Rico) and STT (Virgin Islands).
 */

/** Minutes from UTC in standard time, and whether the zone has daylight saving time. */
export interface Zone {
  readonly standardOffset: number
  readonly daylightSaving: boolean
}

const atlantic: Zone = { standardOffset: -240, daylightSaving: false }
const eastern: Zone = { standardOffset: -300, daylightSaving: true }
const central: Zone = { standardOffset: -360, daylightSaving: true }
const mountain: Zone = { standardOffset: -420, daylightSaving: true }
const arizona: Zone = { standardOffset: -420, daylightSaving: false }
const pacific: Zone = { standardOffset: -480, daylightSaving: true }
const hawaii: Zone = { standardOffset: -600, daylightSaving: false }

const zones: Readonly<Record<string, Zone>> = {
  EWR: eastern,
  JFK: eastern,
  LGA: eastern,
  ALB: eastern,
  ATL: eastern,
  AUS: central,
  AVL: eastern,
  BDL: eastern,
  BHM: central,
  BNA: central,
  BOS: eastern,
  BQN: atlantic,
  BTV: eastern,
  BUF: eastern,
  BUR: pacific,
  BWI: eastern,
  BZN: mountain,
  CAE: eastern,
  CAK: eastern,
  CHS: eastern,
  CLE: eastern,
  CLT: eastern,
  CMH: eastern,
  CRW: eastern,
  CVG: eastern,
  DAY: eastern,
  DCA: eastern,
  DEN: mountain,
  DFW: central,
  DSM: central,
  DTW: eastern,
  EGE: mountain,
  EYW: eastern,
  FLL: eastern,
  GRR: eastern,
  GSO: eastern,
  GSP: eastern,
  HDN: mountain,
  HNL: hawaii,
  HOU: central,
  IAD: eastern,
  IAH: central,
  IND: eastern,
  JAC: mountain,
  JAX: eastern,
  LAS: pacific,
  LAX: pacific,
  LGB: pacific,
  MCI: central,
  MCO: eastern,
  MDW: central,
  MEM: central,
  MHT: eastern,
  MIA: eastern,
  MKE: central,
  MSN: central,
  MSP: central,
  MSY: central,
  MTJ: mountain,
  MYR: eastern,
  OAK: pacific,
  OKC: central,
  OMA: central,
  ORD: central,
  ORF: eastern,
  PBI: eastern,
  PDX: pacific,
  PHL: eastern,
  PHX: arizona,
  PIT: eastern,
  PSE: atlantic,
  PSP: pacific,
  PVD: eastern,
  PWM: eastern,
  RDU: eastern,
  RIC: eastern,
  ROC: eastern,
  RSW: eastern,
  SAN: pacific,
  SAT: central,
  SAV: eastern,
  SDF: eastern,
  SEA: pacific,
  SFO: pacific,
  SJC: pacific,
  SJU: atlantic,
  SLC: mountain,
  SMF: pacific,
  SNA: pacific,
  SRQ: eastern,
  STL: central,
  STT: atlantic,
  SYR: eastern,
  TPA: eastern,
  TUL: central,
  TYS: eastern,
  XNA: central,
}

/** Daylight saving time of the United States since 2007: second Sunday of March, 2:00, to first Sunday of November, 2:00. */
function isDaylightSaving(utc: number, standardOffset: number): boolean {
  const year = new Date(utc).getUTCFullYear()
  const begins = sunday(year, 2, 2) + (120 - standardOffset) * 60_000
  const ends = sunday(year, 10, 1) + (60 - standardOffset) * 60_000
  return utc >= begins && utc < ends
}

/** Midnight UTC of the nth Sunday of a month (0 = January). */
function sunday(year: number, month: number, nth: number): number {
  const first = new Date(Date.UTC(year, month, 1)).getUTCDay()
  return Date.UTC(year, month, 1 + ((7 - first) % 7) + (nth - 1) * 7)
}

/** Minutes from UTC at an airport at that instant (ms since the epoch). */
export function offsetAt(airport: string, utc: number): number {
  const zone = zones[airport]
  if (zone === undefined) throw new Error(`no time zone known for airport ${airport}`)
  return zone.daylightSaving && isDaylightSaving(utc, zone.standardOffset)
    ? zone.standardOffset + 60
    : zone.standardOffset
}
