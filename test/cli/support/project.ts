/** Projects in temporary folders, made by `millrace init`; `millrace` in their node_modules is this repository. */
import { mkdtempSync } from 'node:fs'
import { access, mkdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { pullSchemas, RegistryClient, writeLock } from '../../../registry/index.js'
import { millrace, millraceJson, start, type Ended, type EndedJson, type RunOptions, type Running } from './millrace.js'

const repository = fileURLToPath(new URL('../../..', import.meta.url))

type Options = Partial<Omit<RunOptions, 'cwd'>>

export class Project implements AsyncDisposable {
  constructor(
    readonly root: string,
    /** For every command; those of a call are added. */
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  path(...parts: readonly string[]): string {
    return join(this.root, ...parts)
  }

  run(args: readonly string[], options: Options = {}): Promise<Ended> {
    return millrace(args, this.#options(options))
  }

  json(args: readonly string[], options: Options = {}): Promise<EndedJson> {
    return millraceJson(args, this.#options(options))
  }

  start(args: readonly string[], options: Options = {}): Running {
    return start(args, this.#options(options))
  }

  read(file: string): Promise<string> {
    return readFile(this.path(file), 'utf8')
  }

  async exists(file: string): Promise<boolean> {
    return access(this.path(file)).then(
      () => true,
      () => false,
    )
  }

  async write(file: string, text: string): Promise<void> {
    await mkdir(dirname(this.path(file)), { recursive: true })
    await writeFile(this.path(file), text)
  }

  async edit(file: string, from: string | RegExp, to: string): Promise<void> {
    const text = await this.read(file)
    const edited = text.replace(from, to)
    if (edited === text) throw new Error(`${file}: nothing to replace for ${String(from)}`)
    await this.write(file, edited)
  }

  remove(file: string): Promise<void> {
    return rm(this.path(file), { recursive: true, force: true })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.root, { recursive: true, force: true })
  }

  #options({ env = {}, ...others }: Options): RunOptions {
    return { cwd: this.root, env: { ...this.env, ...env }, ...others }
  }
}

/** A folder with node_modules and nothing else. */
export async function emptyProject(env: Readonly<Record<string, string>> = {}): Promise<Project> {
  const root = await realpath(mkdtempSync(join(tmpdir(), 'millrace-cli-')))
  await mkdir(join(root, 'node_modules'))
  await symlink(repository, join(root, 'node_modules', 'millrace'))
  for (const name of ['@types', 'typescript', 'vitest']) {
    await symlink(join(repository, 'node_modules', name), join(root, 'node_modules', name))
  }
  return new Project(root, env)
}

export interface Services {
  readonly brokers: string
  readonly registryUrl: string
}

/** What `millrace init` makes, connected to those services; none: to nothing. */
export async function newProject({ brokers, registryUrl }: Partial<Services> = {}): Promise<Project> {
  const project = await emptyProject({
    ...(brokers === undefined ? {} : { MILLRACE_BROKERS: brokers }),
    ...(registryUrl === undefined ? {} : { MILLRACE_REGISTRY_URL: registryUrl }),
    MILLRACE_HTTP_PORT: '0',
  })
  const { code, stderr } = await project.run(['init', '--yes'])
  if (code !== 0) throw new Error(`init ended with ${code}: ${stderr}`)
  return project
}

/** A new project whose schemas are registered and pinned, by the functions that stand behind `register` and `pull`. */
export async function projectWithSchemas(services: Services): Promise<Project> {
  const project = await newProject(services)
  using client = new RegistryClient({ url: services.registryUrl })
  const subjects = ['orders-value', 'large-orders-value']
  for (const subject of subjects) {
    await client.register(subject, { schema: await project.read(`schemas/${subject}.avsc`) })
  }
  const { lock } = await pullSchemas(client, { subjects, longOf: () => 'number' })
  await writeLock(project.path('schemas.lock.json'), lock)
  return project
}
