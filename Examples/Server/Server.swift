import MoruArchive
import MoruModels
import MoruServer
import MoruServing

let models = ModelHost()
try await models.load(TrainedModel.load("digits.moru"), name: SafeName("digits"))
let server = InferenceServer(port: 8080, models: models)
try await server.run { port in print("listening on \(port)") }
