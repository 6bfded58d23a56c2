/** Runs a pipeline's builder and gives the graph that it describes: what the interpreter and the stage pass start from. */
import { PipelineError } from './errors.js'
import { lifetime } from './lifetime.js'
import { Arguments } from './model/arguments.js'
import type { PipelineGraph, TopicSpec } from './model/graph.js'
import { Recorder } from './model/recorder.js'
import { milliseconds } from './duration.js'
import type { Handle } from './model/handle.js'
import { openHandle } from './model/handles.js'
import { DeclaredPipeline, type Pipeline, type PipelineBuilder } from './pipeline.js'
import { DeclaredTopic } from './topic.js'

/**
 * `recorder` is given by who wants to recognise the streams of this run.
 *
 * @throws PipelineError when the builder is wrong, and whatever the builder itself throws.
 */
export function recordGraph(pipeline: Pipeline, recorder = new Recorder(pipeline.name)): PipelineGraph {
  if (!(pipeline instanceof DeclaredPipeline)) {
    throw new PipelineError('MR1211', 'this is not a pipeline: it was not made by `pipeline(…)` of this millrace')
  }
  const result: unknown = pipeline.build({
    stream: (...values: unknown[]) => recordSource(recorder, new Arguments('stream', values)),
    table: (...values: unknown[]) => recordTable(recorder, new Arguments('table', values)),
    globalTable: (...values: unknown[]) => recordGlobalTable(recorder, new Arguments('globalTable', values)),
  } as unknown as PipelineBuilder)
  const nodes = recorder.close()
  if (typeof result === 'object' && result !== null && 'then' in result) {
    throw new PipelineError('MR1214', `the builder of '${pipeline.name}' is asynchronous`, {
      site: pipeline.site,
      help: 'load what it needs at module level, or from files with synchronous calls',
    })
  }
  return { name: pipeline.name, applicationId: pipeline.applicationId, onError: pipeline.onError, nodes }
}

function recordSource(recorder: Recorder, args: Arguments): Handle {
  return openHandle(recorder, 'stream', recorder.add({ kind: 'source', topic: topicOf(args) }, args))
}

function recordTable(recorder: Recorder, args: Arguments): Handle {
  const options = args.options(1)
  const { versioned } = options
  const kept =
    typeof versioned === 'object' && versioned !== null && 'history' in versioned ? versioned.history : undefined
  if (versioned !== undefined && kept === undefined) {
    throw args.wrong('`versioned` of `table` needs `history`', "write { versioned: { history: '1d' } }")
  }
  const history = kept === undefined ? undefined : milliseconds(kept, '`history`', args)
  const ttl = lifetime(options, args)
  if (ttl !== undefined && history !== undefined)
    throw args.wrong('a versioned table has no `ttl`: `history` says what is kept')
  const restoredFrom = changelogOf(options['changelog'], args)
  if (restoredFrom === 'source' && (ttl !== undefined || history !== undefined)) {
    const kept = ttl === undefined ? 'versioned' : 'ttl'
    throw args.wrong(`the source topic is no changelog of a table with \`${kept}\``, "leave `changelog: 'source'` out")
  }
  const node = { kind: 'table-source', topic: topicOf(args), history, ttl, restoredFrom } as const
  return openHandle(recorder, 'table', recorder.add(node, args, options))
}

function changelogOf(changelog: unknown, args: Arguments): 'changelog' | 'source' {
  if (changelog === undefined || changelog === 'own') return 'changelog'
  if (changelog === 'source') return 'source'
  throw args.wrong("`changelog` of `table` is neither 'own' nor 'source'")
}

function recordGlobalTable(recorder: Recorder, args: Arguments): Handle {
  const node = recorder.add({ kind: 'global-table', topic: topicOf(args) }, args, args.options(1))
  return openHandle(recorder, 'global table', node)
}

function topicOf(args: Arguments): TopicSpec {
  const topic = args.at(0)
  if (topic instanceof DeclaredTopic) return topic.spec
  throw args.wrong(`\`${args.callee}\` needs a topic`, `write p.${args.callee}(topic('name'))`)
}
