"""The reading edition: every lesson as a page that needs no Python, no server and no network.

``python -m edition build/site`` runs each notebook with the network cut and writes what it shows as static HTML.
"""
