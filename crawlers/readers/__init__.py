"""Pure readers: the bytes of a page, feed, sitemap or PDF in, values of `crawlers.publication` out."""
