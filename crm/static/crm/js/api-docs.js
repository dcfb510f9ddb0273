// Shows the OpenAPI document of this installation. Nothing is fetched from elsewhere.
const place = document.getElementById("api");
globalThis.SwaggerUIBundle({
  url: place.dataset.description,
  domNode: place,
  deepLinking: true,
  docExpansion: "none",
  supportedSubmitMethods: [],
  validatorUrl: null,
});
