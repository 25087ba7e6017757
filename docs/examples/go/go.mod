module origin-example

go 1.25.0

require github.com/coreos/go-oidc/v3 v3.20.0
