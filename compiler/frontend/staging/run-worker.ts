/** Runs a staged bundle in a worker thread of its own, which is killed when it takes too long. */
import type { Site } from '../../../dsl/model/call-site.js'
import { Worker } from 'node:worker_threads'
import type { StagedError, StageInput, StageMessage, Violation } from './message.js'

export type BuiltPipeline = Extract<StageMessage, { kind: 'pipeline' }>

export interface StageRun {
  readonly pipelines: readonly BuiltPipeline[]
  readonly violations: readonly Violation[]
  readonly end:
    | { readonly kind: 'done' }
    | { readonly kind: 'load-failed'; readonly error: StagedError }
    | {
        readonly kind: 'timed-out' | 'ended'
        readonly reason: string
        readonly pipeline: string | undefined
        readonly site: Site | undefined
      }
  /** What the author's code wrote to stdout and stderr. */
  readonly output: string
}

export interface RunOptions extends StageInput {
  /** In ms. */
  readonly timeout: number
}

/** A builder needs little; one that grows without end is stopped before it hurts the machine. */
const maxHeapMegabytes = 2048

export async function runWorker(code: string, { timeout, clockShift }: RunOptions): Promise<StageRun> {
  const input: StageInput = { clockShift }
  const worker = new Worker(code, {
    eval: true,
    name: 'millrace-stage',
    workerData: input,
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: maxHeapMegabytes },
  })
  const pipelines: BuiltPipeline[] = []
  let building: Extract<StageMessage, { kind: 'building' }> | undefined
  let output = ''
  const stopped = (kind: 'timed-out' | 'ended', reason: string): Ending => ({
    end: { kind, reason, pipeline: building?.pipeline, site: building?.site },
    violations: [],
  })
  const ending = await new Promise<Ending>((resolve) => {
    const timer = setTimeout(() => resolve(stopped('timed-out', `${timeout} ms`)), timeout)
    const settle = (result: Ending): void => {
      clearTimeout(timer)
      resolve(result)
    }
    worker.on('message', (message: StageMessage) => {
      if (message.kind === 'building') building = message
      else if (message.kind === 'output') output += message.text
      else if (message.kind === 'pipeline') pipelines.push(message)
      else settle({ end: message, violations: message.violations })
    })
    worker.on('error', (error: Error) => settle(stopped('ended', error.message)))
    worker.on('exit', (exitCode) => settle(stopped('ended', `exit code ${exitCode}`)))
  })
  await worker.terminate()
  return { pipelines, output, ...ending }
}

type Ending = Pick<StageRun, 'end' | 'violations'>
