module flamelake.io/it/scraped

go 1.21
