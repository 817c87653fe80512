// Package catalog holds what is published and under which rules: the data
// directory with the secret of the installation, and the documents in it.
//
//	catalog.go   all of it
//	data.go      where things lie on disk
//	store.go     documents are read, and read again when they change
//	write.go     documents are written
//	locator.go   the GUID that an asset is published under
//	locators.go  locators of the user's
//	references.go what locators and policies name
//	policy.go    what a locator allows
//	custom.go    policies of the user's
//	keys.go      content keys
//	keypolicy.go who gets them
//	filters.go   dynamic manifest filters
//	endpoint.go  the streaming endpoint
//	documents.go all kinds of documents alike
package catalog
