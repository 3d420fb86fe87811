"""Serverless endpoints: what they may ask for, and containers that are there only while somebody asks them."""
