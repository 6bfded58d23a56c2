/**
 * Every code of the compiler, by phase. A code is never given another meaning and never used again; each has a page in
 * docs/diagnostics (a test checks it) and one function that makes it.
 */
import type { Severity } from './diagnostic.js'

export interface CodeInfo {
  readonly severity: Severity
  /** Heading of its page. */
  readonly title: string
}

function phase<const Codes extends Readonly<Record<string, CodeInfo>>>(codes: Codes): Codes {
  return codes
}

/** Loading: files, tsconfig, bundling. */
export const loadCodes = phase({
  MR1001: { severity: 'error', title: 'the file exports no pipeline' },
  MR1002: { severity: 'error', title: 'two pipelines have the same name' },
  MR1101: { severity: 'configuration', title: 'a file cannot be read' },
  MR1102: { severity: 'configuration', title: 'tsconfig cannot be read' },
  MR1103: { severity: 'error', title: 'the modules cannot be bundled' },
  MR9001: { severity: 'warning', title: 'an option of tsconfig is not known to the compiler' },
})

/** Staging: running the builder. */
export const stageCodes = phase({
  MR1201: { severity: 'error', title: 'the builder threw' },
  MR1202: { severity: 'error', title: 'the builder did not end in time' },
  MR1203: { severity: 'error', title: 'the builder is not deterministic' },
  MR1204: { severity: 'error', title: 'an operator is called outside the builder' },
  MR1205: { severity: 'error', title: 'a stream of another pipeline is used' },
  MR1206: { severity: 'warning', title: 'a stream leads nowhere' },
  MR1208: { severity: 'error', title: 'the branches of a split are wrong' },
  MR1209: { severity: 'error', title: 'a name cannot be used in Kafka' },
  MR1211: { severity: 'error', title: 'an argument is of the wrong kind' },
  MR1212: { severity: 'error', title: 'a name is given twice' },
  MR1213: { severity: 'error', title: 'the builder uses the network or starts a process' },
  MR1214: { severity: 'unsupported', title: 'the builder is asynchronous' },
  MR1215: { severity: 'error', title: 'the builder reads an environment variable' },
  MR1216: { severity: 'error', title: 'a module threw while it was loaded' },
  MR1218: { severity: 'not-yet', title: 'an operator is not compiled yet' },
  MR1217: { severity: 'error', title: 'the builder ended its process' },
})

/** The topology, and what of it is deployed (topology lock). */
export const topologyCodes = phase({
  MR1301: { severity: 'error', title: 'the state that is there cannot be read' },
  MR1302: { severity: 'warning', title: 'the state that is there must be reset' },
  MR1303: { severity: 'error', title: 'topics that meet by key have different partitions' },
  MR1304: { severity: 'error', title: 'the source topic cannot be the changelog' },
})

/** Types and schemas. */
export const typeCodes = phase({
  MR1003: { severity: 'error', title: 'the types of a topic are not known' },
  MR1004: { severity: 'error', title: 'a type has no Avro form' },
  MR1005: { severity: 'error', title: 'a type parameter is open' },
  MR1006: { severity: 'error', title: 'a union of anonymous objects needs names' },
  MR1007: { severity: 'warning', title: 'literals are written as strings' },
  MR1008: { severity: 'error', title: 'a value does not fit the schema of its subject' },
  MR1009: { severity: 'error', title: 'the declared type does not fit what the topic holds' },
  MR1010: { severity: 'warning', title: 'a field became a double' },
  MR1011: { severity: 'error', title: 'JSON does not tell where a type has bigints' },
})

/** Closures: what lambdas capture and do. */
export const closureCodes = phase({
  MR2001: { severity: 'unsupported', title: 'a captured value cannot be compiled' },
  MR2002: { severity: 'unsupported', title: 'the source of a function is not visible' },
  MR2004: { severity: 'unsupported', title: 'a lambda uses this' },
  MR2005: { severity: 'unsupported', title: 'a lambda uses arguments' },
  MR2006: { severity: 'error', title: 'a lambda assigns to a captured variable' },
  MR2007: { severity: 'error', title: 'a lambda changes its input' },
  MR2008: { severity: 'error', title: 'a lambda changes a captured object' },
  MR2009: { severity: 'error', title: 'an asynchronous function in a synchronous operator' },
  MR2010: { severity: 'error', title: 'a captured variable has no value' },
  MR2011: { severity: 'unsupported', title: 'captured functions call each other' },
})

/** Notes about what the compiler did. */
export const noteCodes = phase({
  MR3001: { severity: 'warning', title: 'a lambda gives another result each time' },
  MR3005: { severity: 'warning', title: 'a statement of a module is kept' },
})

/** Ourselves. */
export const internalCodes = phase({
  MR9999: { severity: 'internal', title: 'a fault of the compiler' },
})

export const codes = {
  ...loadCodes,
  ...typeCodes,
  ...stageCodes,
  ...topologyCodes,
  ...closureCodes,
  ...noteCodes,
  ...internalCodes,
} as const

export type Code = keyof typeof codes
