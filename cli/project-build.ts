/** A build of the whole project: compile, tell what was found, write. Keeps parsed files between builds, for watching. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { generateTypes } from '../avro/typescript.js'
import {
  Session,
  isError,
  staleOutputs,
  writeOutputs,
  type CompileOptions,
  type CompileResult,
  type TopologyLock,
} from '../compiler/index.js'
import {
  emptyLock,
  printLock,
  readLock,
  resolveLock,
  typedSubjects,
  writeIfChanged,
  type SchemaLock,
} from '../registry/index.js'
import type { Project } from './config-file.js'
import { pipelineFiles } from './pipeline-files.js'
import { differencesOf, needsNoEntry, readTopologyLock } from './topology-lock.js'

export interface ProjectBuild {
  readonly result: CompileResult
  /** No error in any pipeline. */
  readonly ok: boolean
}

/** What a frozen build would change, relative to the project. */
export interface StaleOutput {
  readonly path: string
  readonly reason: string
}

export interface CompileSettings {
  /** Gets what the author's code prints. */
  readonly output?: (text: string) => void
  /** Default: what the project's topology lock says is deployed. */
  readonly topologyLock?: TopologyLock
}

export class ProjectBuilder {
  readonly project: Project
  #session: Session
  #files: readonly string[]
  #lock: SchemaLock

  private constructor(project: Project, files: readonly string[], lock: SchemaLock) {
    this.project = project
    this.#files = files
    this.#lock = lock
    this.#session = new Session(baseOptions(project, files))
  }

  static async open(project: Project): Promise<ProjectBuilder> {
    return new ProjectBuilder(project, pipelineFiles(project), await lockOf(project))
  }

  get outDir(): string {
    return this.project.path(this.project.config.generated)
  }

  /** Compiles; `changed` are absolute paths of files that changed since the last build. Writes nothing. */
  async compile(
    changed: readonly string[] = [],
    { output, topologyLock }: CompileSettings = {},
  ): Promise<ProjectBuild> {
    this.#lock = await lockOf(this.project)
    this.#findFiles()
    const files = [...changed, this.typesFile]
    const result = await this.#session.compile(files, {
      ...lockOptions(this.#lock),
      topologyLock: topologyLock ?? (await readTopologyLock(this.project)),
      ...(output === undefined ? {} : { output }),
    })
    return { result, ok: !result.diagnostics.some(isError) }
  }

  /** Pipelines come and go while the project is watched. */
  #findFiles(): void {
    const files = pipelineFiles(this.project)
    if (files.join() === this.#files.join()) return
    this.#files = files
    this.#session = new Session(baseOptions(this.project, files))
  }

  get typesFile(): string {
    return join(this.outDir, 'schemas.ts')
  }

  /** Types of the lock, which the pipelines need to type-check; written before they are compiled. */
  async writeTypes(): Promise<void> {
    this.#lock = await lockOf(this.project)
    if (this.#lock.subjects.size > 0) await writeIfChanged(this.typesFile, this.#types())
  }

  write({ result }: ProjectBuild): ReturnType<typeof writeOutputs> {
    return writeOutputs(this.outDir, result.pipelines, { keepOthers: result.diagnostics.some(isError) })
  }

  async stale({ result }: ProjectBuild): Promise<readonly StaleOutput[]> {
    const { config } = this.project
    const outputs = await staleOutputs(this.outDir, result.pipelines)
    const stale: StaleOutput[] = outputs.map(({ path, reason }) => ({ path: join(config.generated, path), reason }))
    if (this.#lock.subjects.size > 0 && textOf(this.typesFile) !== this.#types()) {
      stale.push({ path: join(config.generated, 'schemas.ts'), reason: `is not what ${config.lock} says` })
    }
    return [...stale, ...(await this.#unlisted(result))]
  }

  /** Pipelines that keep something in Kafka that the topology lock does not tell. */
  async #unlisted({ pipelines }: CompileResult): Promise<readonly StaleOutput[]> {
    const lock = await readTopologyLock(this.project)
    return differencesOf(lock, pipelines).flatMap(({ pipeline, differences }) =>
      differences.length === 0 || needsNoEntry(lock, pipelines, pipeline)
        ? []
        : [{ path: this.project.config.topology, reason: `does not tell pipeline ${pipeline}: \`millrace plan\`` }],
    )
  }

  #types(): string {
    return generateTypes(typedSubjects(this.#lock), this.project.config.lock)
  }
}

async function lockOf(project: Project): Promise<SchemaLock> {
  return (await readLock(project.path(project.config.lock))) ?? emptyLock
}

function lockOptions(lock: SchemaLock): Pick<CompileOptions, 'locked' | 'lockText'> {
  return { locked: resolveLock(lock), lockText: lock.subjects.size === 0 ? '' : printLock(lock) }
}

function baseOptions(project: Project, files: readonly string[]): CompileOptions {
  const { generated, tsconfig, builderTimeout } = project.config
  const outDir = project.path(generated)
  return {
    root: project.root,
    files,
    outDir,
    tsconfig: tsconfig === undefined ? undefined : project.path(tsconfig),
    typeFiles: [resolve(outDir, 'schemas.ts')],
    version: (createRequire(import.meta.url)('millrace/package.json') as { version: string }).version,
    ...(builderTimeout === undefined ? {} : { stageTimeout: builderTimeout }),
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
}
