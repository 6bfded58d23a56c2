/** The topology lock of a project, and how its pipelines differ from it. */
import { readFile } from 'node:fs/promises'
import {
  comparePipelines,
  emptyTopologyLock,
  parseTopologyLock,
  printTopologyLock,
  type CompiledPipeline,
  type Difference,
  type TopologyLock,
} from '../compiler/index.js'
import { writeIfChanged } from '../registry/index.js'
import type { Project } from './config-file.js'

/** Without a file nothing is deployed. @throws TopologyLockError */
export async function readTopologyLock(project: Project): Promise<TopologyLock> {
  const { topology } = project.config
  try {
    return parseTopologyLock(await readFile(project.path(topology), 'utf8'), topology)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return emptyTopologyLock
    throw error
  }
}

/** Whether anything changed. */
export function writeTopologyLock(project: Project, lock: TopologyLock): Promise<boolean> {
  return writeIfChanged(project.path(project.config.topology), printTopologyLock(lock))
}

export interface PipelineDifferences {
  readonly pipeline: string
  readonly differences: readonly Difference[]
}

/** Of every pipeline that is compiled or locked. */
export function differencesOf(
  lock: TopologyLock,
  compiled: readonly CompiledPipeline[],
): readonly PipelineDifferences[] {
  const kept = new Map(compiled.map(({ name, keeps }) => [name, keeps]))
  const names = [...new Set([...Object.keys(lock.pipelines), ...kept.keys()])].sort()
  return names.map((pipeline) => ({
    pipeline,
    differences: comparePipelines(pipeline, lock.pipelines[pipeline], kept.get(pipeline)),
  }))
}

/** Who keeps nothing in Kafka need not be in the lock. */
export function needsNoEntry(lock: TopologyLock, compiled: readonly CompiledPipeline[], pipeline: string): boolean {
  const keeps = compiled.find(({ name }) => name === pipeline)?.keeps
  if (keeps === undefined || lock.pipelines[pipeline] !== undefined) return false
  return Object.keys(keeps.stores).length === 0 && Object.keys(keeps.internalTopics).length === 0
}
