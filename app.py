"""The entry: `streamlit run app.py`. The pages begin in pages/navigation.py, the rest is in service/web."""

import streamlit as st

from service.web import lifespan, middleware, routes

app = st.App("pages/navigation.py", routes=routes, middleware=middleware, lifespan=lifespan())
