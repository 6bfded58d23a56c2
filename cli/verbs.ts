/**
 * The verbs of the command line. Their descriptions stand here and not in their files, so that `--help` loads none of
 * them; a verb's file is loaded when it is called.
 */
import type { CommandDef } from 'citty'
import { requirePeer } from './require-peer.js'

export interface Verb {
  readonly description: string
  load(this: void): Promise<CommandDef>
}

export type Verbs = Readonly<Record<string, Verb>>

type Load = () => Promise<{ readonly default: CommandDef }>

const plain = (description: string, load: Load): Verb => ({
  description,
  load: async () => (await load()).default,
})

/** Verbs that compile say what is missing before a loader would fail. */
const compiling = (description: string, load: Load): Verb => ({
  description,
  load: async () => {
    requirePeer('ts-morph')
    requirePeer('esbuild')
    return (await load()).default
  },
})

export const schemaVerbs: Verbs = {
  pull: compiling(
    'Pin the subjects that the pipelines use in the lock file, and write their types',
    () => import('./commands/schema/pull.js'),
  ),
  diff: compiling(
    'Show what moved in the registry since the lock was written; exit code 1 when something did',
    () => import('./commands/schema/diff.js'),
  ),
  check: compiling(
    'Ask the registry whether the schemas of the project are compatible',
    () => import('./commands/schema/check.js'),
  ),
  register: compiling(
    'Register the schemas of the project: those of schemas/, and those derived from the types of sinks',
    () => import('./commands/schema/register.js'),
  ),
}

export const verbs: Verbs = {
  init: plain('Start a new project', () => import('./commands/init.js')),
  dev: compiling(
    'Run the pipelines on an embedded broker and registry; build and restart on change',
    () => import('./commands/dev.js'),
  ),
  build: compiling('Compile the pipelines', () => import('./commands/build.js')),
  check: compiling(
    'Check the pipelines: types, schemas, what lambdas capture; writes nothing',
    () => import('./commands/check.js'),
  ),
  explain: compiling(
    'Show the plans of a pipeline, and how each lambda was compiled',
    () => import('./commands/explain.js'),
  ),
  plan: compiling(
    'Compare the pipelines with what is deployed (topology lock): safe, rolling restart, reset or refused',
    () => import('./commands/plan.js'),
  ),
  run: plain('Run a compiled pipeline until a signal ends it', () => import('./commands/run.js')),
  topics: plain(
    'Create the topics that compiled pipelines need and that are missing, or print how to',
    () => import('./commands/topics.js'),
  ),
  doctor: plain(
    'Check brokers, topics, permissions, group, registry and clock for the compiled pipelines, and say what to do',
    () => import('./commands/doctor.js'),
  ),
  schema: {
    description: 'Schemas of the registry: pull | diff | check | register',
    load: async () => ({}),
  },
  produce: plain('Write JSON lines to a topic, as typed records', () => import('./commands/produce.js')),
  tail: plain('Print the records of a topic as JSON lines', () => import('./commands/tail.js')),
}

/** For the usage text. */
export function descriptions(of: Verbs): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(of).map(([name, { description }]) => [name, description]))
}
