/** The pipelines as the front end knows them, for commands that need no code. Those with errors are left out. */
import {
  load,
  lowerLambda,
  quote,
  resolveClosures,
  resolveTypes,
  stage,
  type StagedProgram,
} from '../compiler/frontend/index.js'
import type { ResolvedPlan } from '../compiler/ir/resolved-plan.js'
import { readLock, resolveLock } from '../registry/index.js'
import type { Project } from './config-file.js'
import { pipelineFiles } from './pipeline-files.js'

export async function stagedPipelines(project: Project): Promise<StagedProgram | undefined> {
  const { tsconfig } = project.config
  const source = load({
    root: project.root,
    files: pipelineFiles(project),
    typeFiles: [project.path(`${project.config.generated}/schemas.ts`)],
    tsconfig: tsconfig === undefined ? undefined : project.path(tsconfig),
  }).value
  const quoted = source === undefined ? undefined : quote(source).value
  return quoted === undefined ? undefined : (await stage(quoted)).value
}

export async function resolvedPlans(project: Project): Promise<readonly ResolvedPlan[]> {
  const staged = await stagedPipelines(project)
  const closed = staged === undefined ? undefined : resolveClosures(staged, lowerLambda).value
  const lock = await readLock(project.path(project.config.lock))
  const locked = lock === undefined ? new Map<string, never>() : resolveLock(lock)
  return closed === undefined ? [] : (resolveTypes(closed, locked).value ?? [])
}
