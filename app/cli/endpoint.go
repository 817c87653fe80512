package cli

// endpointCommand is manifold endpoint …: the settings of the streaming endpoint.
type endpointCommand struct {
	Show endpointShow `cmd:"" help:"Print the settings."`
	Set  endpointSet  `cmd:"" help:"Keep a document with settings."`
}

type endpointShow struct{ dataFlag }

func (endpointShow) Help() string { return "Example: manifold endpoint show > endpoint.json" }

func (c *endpointShow) Run(r *run) error {
	cat, err := openCatalog(c.Data)
	if err != nil {
		return err
	}
	b, err := cat.EndpointDocument()
	if err == nil {
		_, err = r.out.Write(b)
	}
	return err
}

type endpointSet struct {
	dataFlag
	File string `arg:"" help:"JSON document of the endpoint; - is the standard input."`
}

func (endpointSet) Help() string { return "Example: manifold endpoint set endpoint.json" }

func (c *endpointSet) Run(r *run) error {
	b, err := readInput(r, c.File)
	if err != nil {
		return err
	}
	cat, err := openCatalog(c.Data)
	if err != nil {
		return err
	}
	return cat.SetEndpoint(b)
}
