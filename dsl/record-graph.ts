/** Runs a pipeline's builder and gives the graph that it describes: what the interpreter and the stage pass start from. */
import { PipelineError } from './errors.js'
import { Arguments } from './model/arguments.js'
import type { PipelineGraph } from './model/graph.js'
import { Recorder } from './model/recorder.js'
import { openStream } from './model/stream-handle.js'
import { DeclaredPipeline, type Pipeline, type PipelineBuilder } from './pipeline.js'
import type { Stream } from './stream.js'
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
  } as PipelineBuilder)
  const nodes = recorder.close()
  if (typeof result === 'object' && result !== null && 'then' in result) {
    throw new PipelineError('MR1214', `the builder of '${pipeline.name}' is asynchronous`, {
      site: pipeline.site,
      help: 'load what it needs at module level, or from files with synchronous calls',
    })
  }
  return { name: pipeline.name, applicationId: pipeline.applicationId, onError: pipeline.onError, nodes }
}

function recordSource(recorder: Recorder, args: Arguments): Stream<unknown, unknown> {
  const topic = args.at(0)
  if (!(topic instanceof DeclaredTopic)) throw args.wrong('`stream` needs a topic', "write p.stream(topic('name'))")
  return openStream(recorder, recorder.add({ kind: 'source', topic: topic.spec }, args))
}
