/** The author's modules that one pipeline is made of; a build may hold those of many. */
import type { AuthorModule } from '../ir/author-module.js'

/** `file`: absolute path of the module that holds the pipeline, with forward slashes. All of them when it is unknown. */
export function modulesBehind(modules: readonly AuthorModule[], file: string): readonly AuthorModule[] {
  const byPath = new Map(modules.map((module) => [module.path, module]))
  if (!byPath.has(file)) return modules
  const found = new Set<AuthorModule>()
  const visit = (path: string): void => {
    const module = byPath.get(path)
    if (module === undefined || found.has(module)) return
    found.add(module)
    module.imports.forEach(visit)
  }
  visit(file)
  return [...found]
}
