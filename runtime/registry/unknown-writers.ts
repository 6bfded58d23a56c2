/**
 * Writer schemas that were unknown at build time, by their id, through @kafkajs/confluent-schema-registry, which also
 * resolves their references. Its traps are avoided: it always gets its full retry options (they leak between
 * instances), a time-out (it has none), and never decodes messages itself.
 */
import { SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry'
import type { HttpTarget } from './http-json.js'
import { RegistryError, type WriterSchema } from './runtime-registry.js'
import { avscOptions, isAvscType, transcoder, unusable } from './transcoder.js'

export interface UnknownWriters {
  /** undefined: the registry does not know the id. Fails with a RegistryError when it does not answer. */
  writer(id: number): Promise<WriterSchema | undefined>
}

type Middlewares = NonNullable<ConstructorParameters<typeof SchemaRegistry>[0]['middlewares']>

/** The caller retries as long as it takes. */
const RETRY = { maxRetryTimeInSecs: 5, initialRetryTimeInSecs: 0.1, factor: 0.2, multiplier: 2, retries: 1 }

export const openUnknownWriters = (target: HttpTarget): UnknownWriters => {
  const registry = new SchemaRegistry(
    { host: target.url, retry: RETRY, agent: target.agent, middlewares: middlewares(target) },
    { [SchemaType.AVRO]: avscOptions() },
  )
  return {
    async writer(id) {
      let type
      try {
        type = await registry.getSchema(id)
      } catch (error) {
        const status: unknown = error instanceof Error ? Reflect.get(error, 'status') : undefined
        if (status === 404) return undefined
        if (typeof status === 'number') throw unavailable(target.url, error, status)
        return unusable(`schema id ${id} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
      }
      return isAvscType(type) ? transcoder(type) : unusable(`schema id ${id} is not Avro`)
    },
  }
}

const middlewares = ({ timeoutMs, authorization }: HttpTarget): Middlewares => [
  () => ({
    async prepareRequest(next) {
      const request = await next()
      return request.enhance({
        timeout: timeoutMs,
        headers: authorization === undefined ? {} : { authorization },
      })
    },
  }),
]

const unavailable = (url: string, error: unknown, status: number): RegistryError => {
  const reason = error instanceof Error ? error.message : String(error)
  const refused = status === 401 || status === 403
  const text = refused ? `refuses the credentials (${status})` : `does not answer: ${reason}`
  return new RegistryError(`schema registry ${url} ${text}`, !refused, { cause: error })
}
