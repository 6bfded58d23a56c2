/** Loads a generated module and refuses what this runtime cannot execute. */
import { pathToFileURL } from 'node:url'
import { ABI, type GeneratedPipeline } from './abi/index.js'

export class PipelineLoadError extends Error {
  override readonly name = 'PipelineLoadError'
}

const isObject = (value: unknown): value is object => value !== null && typeof value === 'object'

const isPipeline = (value: unknown): value is GeneratedPipeline =>
  isObject(value) && typeof Reflect.get(value, 'createTask') === 'function' && isObject(Reflect.get(value, 'manifest'))

/** Returns the pipeline when its ABI is ours. Throws `PipelineLoadError`. */
export const checkPipeline = (value: unknown, where: string): GeneratedPipeline => {
  if (!isPipeline(value)) {
    throw new PipelineLoadError(
      `${where} is not a compiled pipeline: run \`millrace build\` and give the generated module`,
    )
  }
  const { abi, compiler } = value.manifest
  if (abi !== ABI) {
    throw new PipelineLoadError(
      `${where} was compiled for runtime interface ${abi} (millrace ${compiler}), this is ${ABI}: run \`millrace build\` again`,
    )
  }
  return value
}

/** Imports a generated module, by URL or by path relative to the working directory. */
export const loadPipeline = async (location: URL | string): Promise<GeneratedPipeline> => {
  const url = typeof location === 'string' ? urlOf(location) : location
  let module: unknown
  try {
    module = await import(url.href)
  } catch (error) {
    throw new PipelineLoadError(
      `cannot load the pipeline ${url.pathname}: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    )
  }
  return checkPipeline(isObject(module) ? Reflect.get(module, 'default') : undefined, url.pathname)
}

export const urlOf = (path: string): URL => (path.startsWith('file:') ? new URL(path) : pathToFileURL(path))
