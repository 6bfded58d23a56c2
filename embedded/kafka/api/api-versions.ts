/** ApiVersions: what this broker implements, in the ranges of a current Kafka 4 where it reaches them. */
import { ErrorCode, api, encodeResponseFrame } from '../../../runtime/kafka/protocol/index.js'
import type { ApiVersionsRequest, ApiVersionsResponseInput } from '../../../runtime/kafka/protocol/index.js'
import type { Handler, RequestContext, Route } from './route.js'

const SOFTWARE_NAME = /^[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?$/
const CLIENT_SOFTWARE_SINCE = 3
const FEATURES_SINCE = 3

/** Like Kafka 4, Produce is advertised from 0, since older librdkafka looks there for what codecs are allowed. */
const ADVERTISED_MIN = new Map([['Produce', 0]])

export const apiVersionsHandler =
  (routes: () => Iterable<Route>): Handler<ApiVersionsRequest, ApiVersionsResponseInput> =>
  (request, context) => {
    const named = SOFTWARE_NAME.test(request.clientSoftwareName) && SOFTWARE_NAME.test(request.clientSoftwareVersion)
    if (context.apiVersion >= CLIENT_SOFTWARE_SINCE && !named) {
      return { errorCode: ErrorCode.INVALID_REQUEST, apiKeys: [] }
    }
    const apiKeys = [...routes()]
      .map(({ key, name, minVersion, maxVersion }) => ({
        apiKey: key,
        minVersion: ADVERTISED_MIN.get(name) ?? minVersion,
        maxVersion,
      }))
      .sort((a, b) => a.apiKey - b.apiKey)
    return {
      errorCode: context.injectedError(),
      apiKeys,
      ...(context.apiVersion >= FEATURES_SINCE ? features(context) : {}),
    }
  }

/** Clients take up transactions of version 2 by this. Version 3 cannot tell of features that start at 0. */
const features = ({ apiVersion }: RequestContext) => ({
  supportedFeatures: apiVersion > FEATURES_SINCE ? [{ name: 'transaction.version', minVersion: 0, maxVersion: 2 }] : [],
  finalizedFeaturesEpoch: 0n,
  finalizedFeatures: [{ name: 'transaction.version', maxVersionLevel: 2, minVersionLevel: 2 }],
})

/** The answer to a version that is not known, which every client can read: version 0. */
export const unsupportedApiVersions = (correlationId: number): Buffer[] => {
  const { key: apiKey, minVersion, maxVersion } = api.ApiVersions
  return encodeResponseFrame(api.ApiVersions, 0, correlationId, {
    errorCode: ErrorCode.UNSUPPORTED_VERSION,
    apiKeys: [{ apiKey, minVersion, maxVersion }],
  })
}
