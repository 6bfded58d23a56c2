/** The generated modules of a project, by the names of their pipelines. Needs no compiler. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Project } from './config-file.js'
import { didYouMean } from './did-you-mean.js'
import { UsageError } from './usage-error.js'

/** Path of the module of a pipeline, by its name or by the path itself. Throws `UsageError`. */
export function compiledModule(project: Project, name: string): string {
  if (name.endsWith('.js')) {
    const file = project.path(name)
    if (!existsSync(file)) throw new UsageError(`there is no ${file}`, 'millrace build')
    return file
  }
  const folder = project.path(project.config.generated)
  const file = join(folder, `${name}.js`)
  if (existsSync(file)) return file
  const built = builtPipelines(project)
  const near = didYouMean(name, built)
  throw new UsageError(
    `no compiled pipeline '${name}' in ${folder}`,
    near === undefined ? `there are: ${built.join(', ')}` : `did you mean '${near}'?`,
  )
}

/** All of them. Throws `UsageError` when there is none. */
export function compiledModules(project: Project): readonly string[] {
  const folder = project.path(project.config.generated)
  return builtPipelines(project).map((name) => join(folder, `${name}.js`))
}

function builtPipelines(project: Project): readonly string[] {
  const folder = project.path(project.config.generated)
  const end = '.manifest.json'
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(end)) : []
  if (names.length === 0) throw new UsageError(`no compiled pipelines in ${folder}`, 'millrace build')
  return names.map((name) => name.slice(0, -end.length))
}
