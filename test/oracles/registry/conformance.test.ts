import { registryConformance } from '../../embedded/registry/conformance.js'
import { realEnvironment } from '../../kafka/setup/real-environment.js'

registryConformance(() => realEnvironment().registryUrl, { kind: 'apicurio' })
